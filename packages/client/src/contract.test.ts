// The client contract against the in-memory fake: over TCP, and over a local socket whose cuts the daemon does not make.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { clientContract } from '../conformance/client-contract.ts'
import type { ContractSubject } from '../conformance/client-contract.ts'
import { CuttingProxy } from '../conformance/cutting-proxy.ts'
import { FakeDaemon } from '../conformance/fake-daemon.ts'
import { notes, olderNotes } from '../conformance/note-schema.ts'

const common: Omit<ContractSubject<typeof notes.events>, 'startDaemon'> = {
  schema: notes,
  makeDraft: (number) =>
    number % 2 === 0
      ? { type: 'note.text', data: { text: `note ${number} — ünï` } }
      : { type: 'note.count', data: { count: number }, link: 'a-link' },
  older: {
    schema: olderNotes,
    draft: { type: 'note.mark', data: { mark: 'here', kept: [1] } },
    newestData: { label: 'here', color: null, kept: [1] },
  },
}

clientContract('fake daemon', {
  ...common,
  async startDaemon() {
    const daemon = new FakeDaemon({ seal: (draft) => draft.slice(), route: notes.routeOf })
    await daemon.start()
    return daemon
  },
})

clientContract('fake daemon behind a proxy', {
  ...common,
  async startDaemon() {
    const folder = mkdtempSync(join(tmpdir(), 'ledgerd-contract-'))
    const socketPath = join(folder, 'daemon.sock')
    const daemon = new FakeDaemon({ seal: (draft) => draft.slice(), route: notes.routeOf, socketPath })
    await daemon.start()
    const proxy = await CuttingProxy.start(join(folder, 'proxy.sock'), socketPath)
    return {
      url: proxy.url,
      cut: () => proxy.cut(),
      async stop() {
        await proxy.stop()
        await daemon.stop()
        rmSync(folder, { recursive: true })
      },
    }
  },
})
