// Inputs from inputs: bits flipped, bytes changed, pieces cut, doubled, moved and taken from others, words of the format
// put in, numbers made extreme. Everything by a given chance, so that the same seed gives the same inputs.

export const inputBytesMax: number = 1 << 14

/** Numbers at the edges of what parsers hold numbers in. */
const edges = ['0', '-1', '1e400', '2147483648', '4294967296', '9007199254740991', '9007199254740993', '1.0', '-0']
const bytesOfNote = [
  0x00, 0x09, 0x0a, 0x0d, 0x20, 0x22, 0x2c, 0x3a, 0x5b, 0x5c, 0x5d, 0x7b, 0x7d, 0x7f, 0x80, 0xc0, 0xed, 0xef, 0xf4,
  0xff,
]

export interface Mutator {
  /** A new input from one of the corpus. */
  mutate(corpus: readonly Uint8Array[]): Uint8Array
  /** A number from 0 up to `below`. */
  below(below: number): number
}

/** `random` gives numbers in [0, 1). */
export function mutator(random: () => number, dictionary: readonly string[]): Mutator {
  const below = (limit: number): number => Math.floor(random() * limit)
  const words = [...dictionary, ...edges].map((word) => Buffer.from(word, 'latin1'))
  const pick = (list: readonly Uint8Array[]): Uint8Array => list[below(list.length)] ?? new Uint8Array(0)
  const change = (bytes: Buffer, corpus: readonly Uint8Array[]): Buffer => {
    const { length } = bytes
    const at = below(length + 1)
    const to = at + below(Math.min(length - at, 1 + below(64)) + 1)
    const put = (piece: Uint8Array, until = at): Buffer =>
      Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(until)])
    switch (below(10)) {
      case 0:
        return length === 0 ? bytes : flipped(bytes, below(length), below(8))
      case 1:
        return put(Buffer.of(below(256)))
      case 2:
        return put(new Uint8Array(0), to)
      case 3:
        return put(pick(words))
      case 4:
        return put(pick(words), to)
      case 5:
        return put(bytes.subarray(at, to))
      case 6: {
        const other = pick(corpus)
        return put(other.subarray(below(other.length + 1)), length)
      }
      case 7: {
        const other = pick(corpus)
        const from = below(other.length + 1)
        return put(other.subarray(from, from + below(64)))
      }
      case 8:
        return length === 0
          ? bytes
          : put(Buffer.of(bytesOfNote[below(bytesOfNote.length)] ?? 0), Math.min(at + 1, length))
      default:
        return bytes.subarray(0, at)
    }
  }
  return {
    below,
    mutate: (corpus) => {
      let bytes: Buffer = Buffer.from(pick(corpus))
      for (let changes = 1 + below(4); changes > 0; changes--) bytes = change(bytes, corpus)
      return bytes.subarray(0, inputBytesMax)
    },
  }
}

function flipped(bytes: Buffer, at: number, bit: number): Buffer {
  const copy = Buffer.from(bytes)
  copy[at] = (copy[at] ?? 0) ^ (1 << bit)
  return copy
}
