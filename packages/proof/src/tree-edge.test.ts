import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TreeEdge, treeRoot } from './tree-edge.ts'
import { emptyRoot, leafHash, nodeHash } from './tree-hash.ts'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const fromHex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'))
const sha256 = (...parts: Uint8Array[]): Uint8Array =>
  Uint8Array.from(createHash('sha256').update(Buffer.concat(parts)).digest())

/** MTH as RFC 6962 §2.1 defines it, over leaf hashes. */
function recursiveRoot(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return sha256()
  if (leaves.length === 1) return leaves[0]!
  let k = 1
  while (k * 2 < leaves.length) k *= 2
  return sha256(Uint8Array.of(1), recursiveRoot(leaves.slice(0, k)), recursiveRoot(leaves.slice(k)))
}

const numbered = (count: number): Uint8Array[] =>
  Array.from({ length: count }, (_, i) => leafHash(new TextEncoder().encode(`line ${i}`)))

describe('tree vectors (proofs §15)', () => {
  const data = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f']
  const roots = [
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
    'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
    '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
    'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
    '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
  ]
  it.each(roots.map((root, size) => ({ root, size })))('root $size', ({ root, size }) => {
    expect(hex(treeRoot(data.slice(0, size).map((line) => leafHash(fromHex(line)))))).toBe(root)
  })

  it('JSONL to leaves: the CR stays, the torn tail is no leaf', () => {
    const file = fromHex('7b2261223a317d0a7b2262223a22c3a9227d0a7b2261223a317d0d0a7b22746f726e')
    const lines: Uint8Array[] = []
    for (let from = 0, lf = file.indexOf(10); lf >= 0; from = lf + 1, lf = file.indexOf(10, from)) {
      lines.push(file.subarray(from, lf))
    }
    expect(lines.map((line) => line.length)).toEqual([7, 10, 8])
    expect(hex(treeRoot(lines.map(leafHash)))).toBe('ff228c7e6c08f3aab190ec1e02ade385a9e30217c3a86fe4255ccdb0bd8207fd')
  })
})

describe('hashes', () => {
  it('set leaves and nodes apart by their first byte, at every length', () => {
    for (const length of [0, 1, 63, 550, 65_534, 65_535, 65_536, 200_000]) {
      const line = Uint8Array.from({ length }, (_, i) => i % 251)
      expect([length, hex(leafHash(line))]).toEqual([length, hex(sha256(Uint8Array.of(0), line))])
    }
    const [a, b] = numbered(2)
    expect(hex(nodeHash(a!, b!))).toBe(hex(sha256(Uint8Array.of(1), a!, b!)))
    expect(hex(nodeHash(a!, b!))).not.toBe(hex(nodeHash(b!, a!)))
  })

  it('of a long line leave nothing behind in the next', () => {
    leafHash(new Uint8Array(65_535).fill(0xff))
    expect(hex(leafHash(new Uint8Array(0)))).toBe(hex(sha256(Uint8Array.of(0))))
  })

  it('refuse what is not a hash', () => {
    expect(() => nodeHash(new Uint8Array(31), new Uint8Array(32))).toThrow(RangeError)
    expect(() => nodeHash(new Uint8Array(32), new Uint8Array(33))).toThrow(RangeError)
  })
})

describe('TreeEdge', () => {
  it('has the root of the definition after every append', () => {
    const leaves = numbered(130)
    const edge = new TreeEdge()
    expect(hex(edge.root())).toBe(hex(emptyRoot))
    for (let size = 1; size <= leaves.length; size++) {
      edge.append(leaves[size - 1]!)
      expect(edge.size).toBe(size)
      expect([size, hex(edge.root())]).toEqual([size, hex(recursiveRoot(leaves.slice(0, size)))])
    }
  })

  it('goes on from its size and peaks', () => {
    fc.assert(
      fc.property(fc.nat(70), fc.nat(70), (first, more) => {
        const leaves = numbered(first + more)
        const edge = new TreeEdge()
        for (const leaf of leaves.slice(0, first)) edge.append(leaf)
        const resumed = new TreeEdge(edge.size, edge.peaks())
        for (const leaf of leaves.slice(first)) resumed.append(leaf)
        expect(hex(resumed.root())).toBe(hex(recursiveRoot(leaves)))
        expect(hex(edge.root())).toBe(hex(recursiveRoot(leaves.slice(0, first))))
      }),
    )
  })

  it('clones into an edge of its own', () => {
    const [a, b] = numbered(2)
    const edge = new TreeEdge()
    edge.append(a!)
    const clone = edge.clone()
    clone.append(b!)
    expect([edge.size, clone.size]).toEqual([1, 2])
    expect(hex(edge.root())).toBe(hex(a!))
    expect(hex(clone.root())).toBe(hex(nodeHash(a!, b!)))
  })

  it('gives away neither its peaks nor the empty root', () => {
    const edge = new TreeEdge()
    edge.root().fill(0)
    expect(hex(edge.root())).toBe(hex(sha256()))
    edge.append(numbered(1)[0]!)
    ;(edge.peaks() as Uint8Array[]).pop()
    expect(edge.peaks()).toHaveLength(1)
  })

  it('counts beyond 2^32 and 2^52', () => {
    const peaks = (count: number): Uint8Array[] => numbered(count)
    // 2^32 - 1 leaves: 32 peaks that one more leaf folds into one.
    const full = new TreeEdge(2 ** 32 - 1, peaks(32))
    full.append(numbered(1)[0]!)
    expect([full.size, full.peaks().length]).toEqual([2 ** 32, 1])
    full.append(numbered(1)[0]!)
    expect([full.size, full.peaks().length]).toEqual([2 ** 32 + 1, 2])
    const large = new TreeEdge(2 ** 52 + 2 ** 31, peaks(2))
    large.append(numbered(1)[0]!)
    expect(large.peaks()).toHaveLength(3)
    const last = new TreeEdge(Number.MAX_SAFE_INTEGER, peaks(53))
    expect(() => last.append(numbered(1)[0]!)).toThrow('the tree is full')
  })

  it.each([
    { name: 'too few peaks', size: 3, peaks: 1 },
    { name: 'too many peaks', size: 4, peaks: 2 },
    { name: 'a negative size', size: -1, peaks: 0 },
    { name: 'a fraction', size: 1.5, peaks: 1 },
    { name: 'an unsafe size', size: 2 ** 53, peaks: 1 },
  ])('refuses $name', ({ size, peaks }) => {
    expect(() => new TreeEdge(size, numbered(peaks))).toThrow(RangeError)
  })

  it('refuses what is not a hash', () => {
    expect(() => new TreeEdge().append(new Uint8Array(20))).toThrow(RangeError)
    expect(() => new TreeEdge(1, [new Uint8Array(31)])).toThrow(RangeError)
  })
})
