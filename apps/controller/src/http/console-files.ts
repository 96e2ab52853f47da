import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { basePathOf, type ControllerConfig } from '../config.js';
import { CONTROLLER_CONFIG } from '../infrastructure.js';

export interface ConsoleFile {
  readonly body: Buffer;
  readonly type: string;
  readonly etag: string;
  /** The name holds a hash of the content: it may be kept for ever. */
  readonly immutable: boolean;
  readonly isPage: boolean;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};
/** As the console's build names them: `index-B7x_9kQ2.js`. */
const HASHED = /[-.][A-Za-z0-9_-]{8,}\.[a-z0-9]+$/;

/** The built console in memory: a few files of known names, so that no request can name another file of the machine. */
@Injectable()
export class ConsoleFiles implements OnModuleInit {
  private files = new Map<string, ConsoleFile>();

  constructor(@Inject(CONTROLLER_CONFIG) private readonly config: ControllerConfig) {}

  async onModuleInit(): Promise<void> {
    const folder = this.config.consoleDir;
    if (folder === undefined) return;
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const names = entries.filter((entry) => entry.isFile()).map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
    const base = `${basePathOf(this.config)}/`;
    const loaded = await Promise.all(
      names.map(async (name) => [`/${name.split(path.sep).join('/')}`, asFile(name, await readFile(path.join(folder, name)), base)] as const),
    );
    this.files = new Map(loaded);
  }

  /** A file by its path below the base path; a path without a file's ending is a page of the console itself. */
  find(pathname: string): ConsoleFile | null {
    const file = this.files.get(pathname === '/' ? '/index.html' : pathname);
    if (file) return file;
    return path.posix.extname(pathname) === '' ? (this.files.get('/index.html') ?? null) : null;
  }
}

function asFile(name: string, content: Buffer, base: string): ConsoleFile {
  const isPage = name === 'index.html';
  const body = isPage ? Buffer.from(withBase(content.toString('utf8'), base)) : content;
  return {
    body,
    type: TYPES[path.extname(name).toLowerCase()] ?? 'application/octet-stream',
    etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
    immutable: !isPage && HASHED.test(name),
    isPage,
  };
}

/** One build works under any path: the page says where it is. */
export function withBase(html: string, base: string): string {
  const escaped = base.replace(/&/g, '&amp;').replace(/"/g, '&quot;');
  return html.replace(/<base\b[^>]*>/gi, '').replace(/<head\b[^>]*>/i, (head) => `${head}<base href="${escaped}">`);
}
