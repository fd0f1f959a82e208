// A headless Chromium on one page, and the loopback server that gives it the built packages as they are: no bundler, an
// import map from the packages' own manifests, and a place to report to.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import http from 'node:http'
import os from 'node:os'
import path from 'node:path'

const root = path.join(import.meta.dirname, '../../..')
const chromium = '/usr/bin/chromium'

export const hasBrowser: boolean = fs.existsSync(chromium)

/** What the page imports, by package folder. */
const packages = [
  ...['canonical', 'client', 'proof', 'protocol', 'schema', 'verify'],
  ...['schemas/world-events', 'schemas/workflow-records'],
]

const contentTypes: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.mjs': 'text/javascript' }

export class Page {
  readonly origin: string
  /** What the page said in the end. */
  readonly report: Promise<unknown>
  readonly #server: http.Server
  #browser: ChildProcess | undefined
  readonly #profile = fs.mkdtempSync(path.join(os.tmpdir(), 'ledgerd-browser-'))

  private constructor(server: http.Server, report: Promise<unknown>) {
    this.#server = server
    this.report = report
    this.origin = `http://127.0.0.1:${(server.address() as { port: number }).port}`
  }

  /** Serves the script, a file beside this one, and the packages. */
  static async serve(script: string): Promise<Page> {
    const html = documentFor(script)
    let tell: (report: unknown) => void = () => undefined
    const report = new Promise<unknown>((resolve) => {
      tell = resolve
    })
    const server = http.createServer((request, response) => {
      if (request.method === 'POST')
        return void readBody(request).then((body) => (response.end(), tell(JSON.parse(body))))
      if (request.url === '/')
        return void response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(html)
      serveFile(request.url ?? '', response)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new Page(server, report)
  }

  /** Opens the page and gives it `task` in its address. */
  open(task: unknown): void {
    const url = `${this.origin}/#${encodeURIComponent(JSON.stringify(task))}`
    const flags = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run']
    // Nothing leaves the machine: the browser's own services are switched off.
    const quiet = [
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-extensions',
    ]
    const argv = [...flags, ...quiet, `--user-data-dir=${this.#profile}`, url]
    this.#browser = spawn(chromium, argv, { stdio: 'ignore', detached: true })
  }

  async close(): Promise<void> {
    const browser = this.#browser
    if (browser?.pid !== undefined && browser.exitCode === null) {
      const gone = once(browser, 'exit')
      // Its own group: the helpers that it started go with it, and nobody else.
      process.kill(-browser.pid, 'SIGKILL')
      await gone
    }
    this.#server.closeAllConnections()
    this.#server.close()
    fs.rmSync(this.#profile, { recursive: true, force: true, maxRetries: 10 })
  }
}

function documentFor(script: string): string {
  const map = JSON.stringify({ imports: importMap() })
  return `<!doctype html><script type="importmap">${map}</script><script type="module" src="/apps/ledgerd/test/${script}"></script>`
}

/** What a browser takes by the packages' own manifests: every door, and the `default` of each internal import. */
function importMap(): Record<string, string> {
  const map: Record<string, string> = { zod: '/node_modules/zod/index.js' }
  for (const folder of packages) {
    const text = fs.readFileSync(path.join(root, 'packages', folder, 'package.json'), 'utf8')
    const { name, publishConfig } = JSON.parse(text) as Manifest
    for (const [door, target] of Object.entries(publishConfig.exports))
      map[`${name}${door.slice(1)}`] = new URL(target.default, `http://-/packages/${folder}/`).pathname
    for (const [internal, target] of Object.entries(publishConfig.imports ?? {}))
      map[internal] = new URL(target.default, `http://-/packages/${folder}/`).pathname
  }
  return map
}

interface Manifest {
  readonly name: string
  readonly publishConfig: {
    readonly exports: Readonly<Record<string, { readonly default: string }>>
    readonly imports?: Readonly<Record<string, { readonly default: string }>>
  }
}

function serveFile(url: string, response: http.ServerResponse): void {
  const file = path.join(root, path.posix.normalize(new URL(url, 'http://-').pathname))
  const type = contentTypes[path.extname(file)]
  if (type === undefined || !file.startsWith(root) || !fs.existsSync(file)) return void response.writeHead(404).end()
  response.writeHead(200, { 'content-type': type }).end(fs.readFileSync(file))
}

async function readBody(request: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}
