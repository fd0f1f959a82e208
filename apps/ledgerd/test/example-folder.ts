// The folder that the examples of the help texts run in: every file, ledger and package that one of them names is there,
// and a daemon serves a copy of the ledgers. What an example leaves open is filled from `placeholders`.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeFolder } from '../src/storage/durable.ts'
import { run } from './memory-io.ts'
import { lineOf, SchemaDesk } from './schema-desk.ts'
import { writeConfig } from './schema-package.ts'
import { copyFolder } from './copy-folder.ts'

const repository = fileURLToPath(new URL('../../../', import.meta.url))
const vector = (family: string, name: string): string =>
  path.join(repository, 'packages/schemas', family, 'vectors', name)
const world = path.join(repository, 'vectors/world-events/daily_undertaking.jsonl')

/** An id that stands in the first line of the world in the folder. */
const [firstLine = ''] = fs.readFileSync(world, 'utf8').split('\n')
const { event_id: firstId } = JSON.parse(firstLine) as { readonly event_id: string }

/** What examples say, and what runs in its place. */
export const placeholders: readonly (readonly [said: string, run: string])[] = [
  ['95b8a7f3c2f64d0f9d0c3c1f4f6f2a11', firstId],
  ['/var/lib/ledgerd', './var-lib-ledgerd'],
  ['/run/user/1000/game.sock', './game.sock'],
]

export const exampleVariables: Readonly<Record<string, string>> = {
  IPC_HASH: '5b0f7a4d9c3e2b1a0f9e8d7c6b5a49382716f5e4d3c2b1a09f8e7d6c5b4a3928',
}

const turn = {
  status: 'success',
  character_name: 'Mira Voss',
  channel: 'say',
  ooc_input: 'give it back',
  ic_output: 'Hand it over.',
  axis_snapshot: { demeanor: { score: 0.87, label: 'proud' } },
}
const doors = "    'door.opened': event(z.looseObject({ door: int() })),"
const doorLines = [1, 2, 3].map((door) => lineOf('door.opened', door, `{"door": ${door}}`)).join('')
const rules = ['jobs', 'builds', 'tenants', 'kernel'].map((folder, at) => ({
  ledgers: `${folder}/**`,
  package: ['audio-jobs', 'build-order', 'workflow-records', 'kernel-runs'][at],
}))

export class ExampleFolder {
  readonly #desk = new SchemaDesk()
  readonly root: string = this.#desk.root
  /** What the daemon serves. */
  readonly served: string = this.#desk.path('served')

  /** The process has to stand in the folder from now on. */
  async prepare(): Promise<void> {
    const { root } = this
    const copy = (from: string, to: string): void => fs.cpSync(from, path.join(root, to), { recursive: true })
    for (const to of ['ledgers/worlds', 'data', 'old']) copy(world, `${to}/daily_undertaking.jsonl`)
    copy(world, 'backup.jsonl')
    copy(vector('audio-jobs', 'real_shards'), 'old')
    copy(vector('audio-jobs', 'seed_schema_signed.jsonl'), 'old/windows.jsonl')
    copy(vector('kernel-runs', 'real_cli_runs.jsonl'), 'ledgers/kernel/runs.jsonl')
    copy(vector('workflow-records', 'violations/same_key_other_tenant_is_fine.jsonl'), 'ledgers/tenants/acme.jsonl')
    copy(vector('build-order', 'build_state.2_second_mode_overwrites_top_seeds.json'), 'old/build_state.json')
    for (const to of ['build_state.json', 'new/build_state.json'])
      copy(vector('build-order', 'build_state.3_full.json'), to)
    await this.#import('audio-jobs', 'old/windows.jsonl', 'jobs/J_abc123')
    await this.#import('build-order', 'old/build_state.json', 'builds/monday')
    for (const build of ['builds/tuesday', 'builds/main']) await this.#import('build-order', 'build_state.json', build)
    this.#writeFiles()
    writeConfig(this.served, { schemas: rules })
    for (const name of fs.readdirSync(path.join(root, 'ledgers')))
      if (name !== '.ledgerd') copy(path.join(root, 'ledgers', name), `served/${name}`)
    copyFolder(path.join(root, 'ledgers/.ledgerd'), path.join(this.served, '.ledgerd'))
    copyFolder(path.join(root, 'ledgers'), path.join(root, 'var-lib-ledgerd'))
    // Only now, for the daemon knows no doors.
    this.#desk.write('ledgers/houses/inn.jsonl', doorLines)
    await this.#makePackage()
  }

  /** Makes what the next example needs, after what those before it did. */
  async refresh(line: string): Promise<void> {
    if (line.includes('schema new ')) fs.rmSync(path.join(this.root, 'ledger-doors'), { recursive: true, force: true })
    if (line.includes('schema check ./ledger-doors')) this.#commit()
    if (line.includes('token create '))
      for (const folder of ['', 'ledgers/', 'var-lib-ledgerd/'])
        fs.rmSync(path.join(this.root, `${folder}.ledgerd/tokens.json`), { force: true })
    const [, name, data = '.'] = /token revoke (\w+)(?: --data (\S+))?/.exec(line) ?? []
    if (name !== undefined) await run(['token', 'create', '--name', name, '--allow', 'admin', '--data', data])
  }

  remove(): void {
    this.#desk.remove()
  }

  async #import(family: string, source: string, ledger: string): Promise<void> {
    const { exitCode, err } = await run(['import', '--family', family, source, '--as', ledger, '--data', './ledgers'])
    if (exitCode !== 0) throw new Error(err)
  }

  #writeFiles(): void {
    const write = (name: string, text: string): string => this.#desk.write(name, text)
    write('turn.json', JSON.stringify(turn))
    write(
      'drafts.jsonl',
      '{"type": "world.note", "data": {"n": 1}, "key": "d1"}\n{"type": "world.note", "data": {"n": 2}}\n',
    )
    write('strict.json', '{"required": {"clap": {"atLeast": 0.35}}}')
    write('events.jsonl', '{"kind": "door.opened", "body": {"door": 1}}\n')
    for (const folder of [
      'home/.zfunc',
      'home/.config/fish/completions',
      'home/.local/share/bash-completion/completions',
    ])
      fs.mkdirSync(path.join(this.root, folder), { recursive: true })
    for (const folder of ['.', 'ledgers']) makeFolder(path.join(this.root, folder, '.ledgerd'))
  }

  /** Version 1.0.0 of a package, frozen, on main and tagged. */
  async #makePackage(): Promise<void> {
    this.#desk.package('my-schema', '1.0.0', doors)
    const { exitCode, err } = await run(['schema', 'gen', './my-schema'])
    if (exitCode !== 0) throw new Error(err)
    this.#git('init', '-q', '-b', 'main')
    this.#desk.write('.gitignore', '*\n!/my-schema/\n!/my-schema/**\n!/ledger-doors/\n!/ledger-doors/**\n')
    this.#commit()
    this.#git('tag', 'v1.0.0')
  }

  #commit(): void {
    this.#git('add', '.')
    this.#git('commit', '-qm', 'doors')
  }

  #git(...args: readonly string[]): void {
    const who = ['-c', 'user.name=test', '-c', 'user.email=test@localhost', '-c', 'commit.gpgsign=false']
    const { status, stderr } = spawnSync('git', [...who, ...args], { cwd: this.root, encoding: 'utf8' })
    if (status !== 0) throw new Error(stderr)
  }
}
