import { Controller, Get, Req, Res } from '@nestjs/common';
import { AppError } from '@usher/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ConsoleFiles } from './console-files.js';

/** No script but our files, no frame around us, nothing from elsewhere. Styles may be inline: the component library sets them. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/** Everything that is no API: the console's files, and its page for every other path. */
@Controller()
export class ConsoleFilesController {
  constructor(private readonly files: ConsoleFiles) {}

  @Get(['/', '/*'])
  serve(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const file = this.files.find(pathOf(request.url));
    if (!file) throw new AppError('NOT_FOUND', 'There is nothing at this address.');
    void reply
      .header('content-type', file.type)
      .header('etag', file.etag)
      .header('cache-control', file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache');
    if (file.isPage) void reply.header('content-security-policy', CONTENT_SECURITY_POLICY);
    if (request.headers['if-none-match'] === file.etag) void reply.status(304).send();
    else void reply.send(file.body);
  }
}

/** The router has seen that it can be decoded. */
function pathOf(url: string): string {
  return decodeURIComponent(url.split(/[?#]/, 1)[0]!);
}
