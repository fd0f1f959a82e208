// What keeps web pages out of a daemon on this machine: the Host header must name this address, which defeats rebound
// names, and any Origin is foreign unless listed (reliability §8, browser row). Pure.

/** The names under which a loopback daemon may be addressed. */
export function loopbackHosts(port: number): ReadonlySet<string> {
  const names = ['127.0.0.1', '[::1]', 'localhost']
  return new Set(names.flatMap((name) => (port === 80 ? [name, `${name}:80`] : [`${name}:${port}`])))
}

export interface WebGuard {
  readonly hosts: ReadonlySet<string>
  readonly origins: ReadonlySet<string>
}

/** Exactly one Host header, with exactly one of the allowed values. Case of a name does not matter. */
export function isHostAllowed(guard: WebGuard, values: readonly string[]): boolean {
  return values.length === 1 && guard.hosts.has((values[0] ?? '').toLowerCase())
}

/** No Origin at all (not a browser), or a listed one. `null` and a repeated header are foreign. */
export function isOriginAllowed(guard: WebGuard, values: readonly string[]): boolean {
  return values.length === 0 || (values.length === 1 && guard.origins.has(values[0] ?? ''))
}
