// The client contract against the in-memory fake.
import { clientContract } from '../conformance/client-contract.ts'
import { FakeDaemon } from '../conformance/fake-daemon.ts'
import { notes } from '../conformance/note-schema.ts'

clientContract('fake daemon', {
  schema: notes,
  makeDraft: (number) =>
    number % 2 === 0
      ? { type: 'note.text', data: { text: `note ${number} — ünï` } }
      : { type: 'note.count', data: { count: number }, link: 'a-link' },
  async startDaemon() {
    const daemon = new FakeDaemon({ seal: (draft) => draft.slice(), route: notes.routeOf })
    await daemon.start()
    return daemon
  },
})
