import { TestEnvironment } from 'jest-environment-node';

/** Names that a browser has and Node lacks, or that must be the window's own for React and the DOM library to agree. */
const OWN_OF_NODE = new Set([
  'undefined', 'globalThis', 'global', 'process', 'Buffer', 'console', 'queueMicrotask', 'structuredClone', 'crypto', 'performance',
  'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate', 'clearImmediate',
  'TextEncoder', 'TextDecoder', 'fetch', 'Headers', 'Request', 'Response', 'URL', 'URLSearchParams', 'AbortController', 'AbortSignal',
]);

/** Node for services; with a happy-dom window for the console's component tests (`*.spec.tsx`). */
export default class UsherEnvironment extends TestEnvironment {
  #window = null;
  #wantsWindow;

  constructor(config, context) {
    super(config, context);
    this.#wantsWindow = context.testPath.endsWith('.tsx') || /[\\/]apps[\\/]console[\\/]/.test(context.testPath);
  }

  async setup() {
    await super.setup();
    if (!this.#wantsWindow) return;
    const { Window } = await import('happy-dom');
    this.#window = new Window({ url: 'http://127.0.0.1:8747/', width: 1440, height: 900 });
    this.#install(this.#window);
  }

  #install(window) {
    const { global } = this;
    const language = new Set(Object.getOwnPropertyNames(globalThis).filter((name) => /^[A-Z]/.test(name) && isLanguageClass(name)));
    const names = new Set([...Object.getOwnPropertyNames(window), ...Object.getOwnPropertyNames(Object.getPrototypeOf(window))]);
    for (const name of names) {
      if (OWN_OF_NODE.has(name) || language.has(name) || name === 'constructor' || name.startsWith('_')) continue;
      const value = window[name];
      if (value === undefined) continue;
      const bound = typeof value === 'function' && !/^[A-Z]/.test(name) ? value.bind(window) : value;
      Object.defineProperty(global, name, { configurable: true, writable: true, enumerable: true, value: bound });
    }
    for (const name of ['window', 'self', 'top', 'parent']) {
      Object.defineProperty(global, name, { configurable: true, writable: true, value: global });
    }
    Object.defineProperty(global, 'document', { configurable: true, value: window.document });
    Object.defineProperty(global, 'navigator', { configurable: true, value: window.navigator });
    global.IS_REACT_ACT_ENVIRONMENT = true;
  }

  async teardown() {
    await this.#window?.happyDOM.close();
    this.#window = null;
    await super.teardown();
  }

  exportConditions() {
    return ['@usher/source', 'node', 'node-addons'];
  }
}

function isLanguageClass(name) {
  return /^(Array|ArrayBuffer|Atomics|BigInt|BigInt64Array|BigUint64Array|Boolean|DataView|Date|Error|AggregateError|EvalError|Float32Array|Float64Array|Function|Infinity|Int16Array|Int32Array|Int8Array|Intl|Iterator|JSON|Map|Math|NaN|Number|Object|Promise|Proxy|RangeError|ReferenceError|Reflect|RegExp|Set|SharedArrayBuffer|String|Symbol|SyntaxError|TypeError|URIError|Uint16Array|Uint32Array|Uint8Array|Uint8ClampedArray|WeakMap|WeakRef|WeakSet|WebAssembly|FinalizationRegistry)$/.test(
    name,
  );
}
