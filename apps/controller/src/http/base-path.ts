/** Where a request goes once the path in front of every route is taken off. */
export type Located = { readonly url: string } | { readonly redirect: string } | null;

/**
 * Takes the base path (`''` or `/media/usher`) off a request's address. Health answers at the root too; the bare base
 * path is sent to its slash, because relative addresses of a page need it. null = not below the base path.
 */
export function locate(url: string, basePath: string): Located {
  if (basePath === '') return { url };
  const cut = url.search(/[?#]/);
  const [path, rest] = cut < 0 ? [url, ''] : [url.slice(0, cut), url.slice(cut)];
  if (path === basePath) return { redirect: `${basePath}/${rest}` };
  if (path.startsWith(`${basePath}/`)) return { url: path.slice(basePath.length) + rest };
  return path === '/health' || path.startsWith('/health/') ? { url } : null;
}
