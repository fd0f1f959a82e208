// The client contract, which the in-memory daemon of packages/client fulfils, against the real daemon: over TCP with its
// token and over its local socket, each through a proxy that cuts.
import fs from 'node:fs'
import path from 'node:path'
import { ipcHash, worldEvents } from '@ledgerd/schema-world-events'
import { connect } from '@ledgerd/client'
import { clientContract } from '@ledgerd/client/conformance/client-contract'
import type { ContractSubject } from '@ledgerd/client/conformance/client-contract'
import { CuttingProxy } from '@ledgerd/client/conformance/cutting-proxy'
import { DaemonProcess, scratch } from '../test/daemon-process.ts'
import { defineSchema, event, int, text } from '@ledgerd/schema'
import type { LedgerSchema } from '@ledgerd/schema'
import * as z from 'zod'
import { installPackage, writeConfig } from '../test/schema-package.ts'
import { translation } from '../test/turns.ts'

type Subject = ContractSubject<typeof worldEvents.events>
type Draft = ReturnType<Subject['makeDraft']>

/** A proxy before the daemon, and the token it asks for. */
interface Approach {
  readonly proxy: CuttingProxy
  readonly token?: string
}

contract('the real daemon over TCP', async (daemon, folder) => ({
  proxy: await CuttingProxy.startTcp(daemon.port),
  token: fs.readFileSync(path.join(folder, '.ledgerd/token'), 'utf8').trim(),
}))

contract('the real daemon over its local socket', async (_, __, socket) => ({
  proxy: await CuttingProxy.start(`${socket}-proxy`, socket),
}))

const marks = teamSchema()

clientContract('the real daemon with a schema of a team in its second version', {
  schema: marks.newest,
  makeDraft: (number) =>
    number % 2 === 0
      ? { type: 'mark.made', data: { label: `Ünï ${number}`, color: null } }
      : { type: 'mark.counted', data: { count: number } },
  older: {
    schema: marks.oldest,
    draft: { type: 'mark.made', data: { mark: 'here', kept: [1] } },
    newestData: { label: 'here', color: null, kept: [1] },
    isStored: true,
  },
  async startDaemon() {
    const { folder, socket, remove } = scratch()
    writeConfig(folder, { schemas: [{ ledgers: '**', package: '@team/marks' }] })
    installPackage(folder, '@team/marks', '1.0.0', marks.oldSource)
    const before = await DaemonProcess.start(folder, socket)
    const old = connect({ ledger: 'worlds/older', schema: marks.oldest, url: `unix:${socket}` })
    await old.append('mark.made', { mark: 'here', kept: [1] } as never)
    await old.close()
    await before.kill('SIGTERM')
    installPackage(folder, '@team/marks', '2.0.0', marks.source)
    const daemon = await DaemonProcess.start(folder, socket)
    const proxy = await CuttingProxy.start(`${socket}-proxy`, socket)
    return {
      url: proxy.url,
      cut: () => proxy.cut(),
      async stop() {
        await proxy.stop()
        await daemon.kill('SIGTERM')
        remove()
      },
    }
  },
})

/** One schema in its first and in its second version, and the source of the package that the daemon loads. */
function teamSchema() {
  const first = z.looseObject({ mark: text() })
  const second = z.looseObject({ label: text(), color: text().nullable() })
  const counted = event(z.looseObject({ count: int() }))
  const name = '@team/marks'
  const upcast = ({ mark, ...old }: z.infer<typeof first>) => ({ ...old, label: mark, color: null })
  const events = { 'mark.made': event(first).next(second, upcast), 'mark.counted': counted }
  const oldest: LedgerSchema = defineSchema({ name, version: '1.0.0', events: { 'mark.made': event(first) } })
  const sourceOf = (version: string, types: string): string => `
import * as z from 'zod'
import { defineSchema, event, int, text } from '@ledgerd/schema'
const first = event(z.looseObject({ mark: text() }))
const second = z.looseObject({ label: text(), color: text().nullable() })
const counted = event(z.looseObject({ count: int() }))
export default defineSchema({ name: '${name}', version: '${version}', events: { ${types} } })
`
  const next = 'first.next(second, ({ mark, ...old }) => ({ ...old, label: mark, color: null }))'
  const source = sourceOf('2.0.0', `'mark.made': ${next}, 'mark.counted': counted`)
  const oldSource = sourceOf('1.0.0', "'mark.made': first")
  return { newest: defineSchema({ name, version: '2.0.0', events }), oldest, source, oldSource }
}

function contract(
  name: string,
  approach: (daemon: DaemonProcess, folder: string, socket: string) => Promise<Approach>,
): void {
  clientContract(name, {
    schema: worldEvents,
    makeDraft: (number, ledger): Draft =>
      number % 2 === 0
        ? { type: 'chat.translation', data: translation('Ünï', number) }
        : { type: 'chat.mechanical_resolution', ...resolution(number, ledger) },
    async startDaemon() {
      const { folder, socket, remove } = scratch()
      const daemon = await DaemonProcess.start(folder, socket)
      const { proxy, ...token } = await approach(daemon, folder, socket)
      return {
        url: proxy.url,
        ...token,
        cut: () => proxy.cut(),
        async stop() {
          await proxy.stop()
          await daemon.kill('SIGTERM')
          remove()
        },
      }
    },
  } satisfies Subject)
}

/** What the n-th turn did, linked by the hash of the state before it. */
function resolution(number: number, ledger: string) {
  const state = {
    axis_snapshot_before: { 1: { health: 0.5 }, 2: { health: (number % 100) / 100 } },
    channel: 'say' as const,
    grammar_version: `1.${number}`,
  }
  const world = ledger.slice(ledger.lastIndexOf('/') + 1)
  const link = ipcHash({ ...state, world_id: world, speaker_id: 1, listener_id: 2 })
  const party = (id: number) => ({ character_id: id, character_name: `Ünï ${id}`, axis_deltas: {} })
  return { link, data: { ...state, speaker: party(1), listener: party(2) } }
}
