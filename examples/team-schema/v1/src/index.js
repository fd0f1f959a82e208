// The events of our taverns. A published version is never changed: the next one is added with
// event(V1).next(V2, (old) => …), and `ledgerd schema check` says whether it reads what is stored.
import { defineSchema, event, field, int, text } from '@ledgerd/schema'
import * as z from 'zod'
import manifest from '../package.json' with { type: 'json' }

const character = field(text(), { subject: { kind: 'character', by: 'name' } })

const doorOpened = z.looseObject({ door: text(), by: character })
const tradeMade = z.looseObject({
  seller: character,
  buyer: character,
  item: text(),
  price: field(int(), { unit: '{copper}' }),
})

export default defineSchema({
  name: manifest.name,
  version: manifest.version,
  events: {
    'door.opened': event(doorOpened),
    'trade.made': event(tradeMade),
  },
})
