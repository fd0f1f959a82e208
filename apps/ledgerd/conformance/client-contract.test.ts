// The client contract, which the in-memory daemon of packages/client fulfils, against the real daemon: over TCP with its
// token and over its local socket, each through a proxy that cuts.
import fs from 'node:fs'
import path from 'node:path'
import { ipcHash, worldEvents } from '@ledgerd/schema-world-events'
import { clientContract } from '@ledgerd/client/conformance/client-contract'
import type { ContractSubject } from '@ledgerd/client/conformance/client-contract'
import { CuttingProxy } from '@ledgerd/client/conformance/cutting-proxy'
import { DaemonProcess, scratch } from '../test/daemon-process.ts'
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
