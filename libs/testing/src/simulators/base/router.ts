import type { Reply } from './message.js';

/** Where a request goes. `{name}` in a pattern matches one path segment, `{name*}` the rest. */
export interface Route<C> {
  readonly method: string;
  readonly pattern: string;
  readonly access: Access;
  readonly handle: (context: C) => Handled;
}

/** `any` knows the caller when there is a token but needs none. */
export type Access = 'any' | 'user' | 'admin';
export type Handled = Reply | Promise<Reply>;

export const route = <C>(method: string, pattern: string, access: Access, handle: (context: C) => Handled): Route<C> => ({ method, pattern, access, handle });

export type Match<C> = { readonly route: Route<C>; readonly params: Readonly<Record<string, string>> } | { readonly allow: readonly string[] } | null;

/** Finds routes by method and path, upper and lower case equal; the first that matches wins. */
export class Router<C> {
  private readonly compiled: { readonly route: Route<C>; readonly regex: RegExp }[];

  constructor(routes: readonly Route<C>[]) {
    this.compiled = routes.map((entry) => ({
      route: entry,
      regex: new RegExp(`^${entry.pattern.replace(/[.:$]/g, '\\$&').replace(/\{(\w+)\*\}/g, '(?<$1>.+)').replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}/?$`, 'i'),
    }));
  }

  /** `allow`: the path exists for other methods. */
  match(method: string, path: string): Match<C> {
    const allow: string[] = [];
    for (const { route: entry, regex } of this.compiled) {
      const found = regex.exec(path);
      if (found === null) continue;
      if (entry.method === method) return { route: entry, params: { ...found.groups } };
      allow.push(entry.method);
    }
    return allow.length > 0 ? { allow } : null;
  }
}
