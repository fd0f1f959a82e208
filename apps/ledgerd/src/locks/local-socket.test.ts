import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { claimSocketPaths } from './local-socket.ts'

let folder: string
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ledgerd-socket-'))
})
afterEach(() => fs.rmSync(folder, { recursive: true }))

const at = (name: string): string => path.join(folder, name)

async function claim(named?: string): Promise<{ claimed: string[]; passedOver: string[] }> {
  const passedOver: string[] = []
  const wish = { named, usual: at('run/ledgerd.sock'), own: at('own/sock') }
  const claimed = await claimSocketPaths(
    wish,
    (socket, reason) => void passedOver.push(`${path.basename(socket)}: ${reason}`),
  )
  return { claimed: claimed.map((file) => path.relative(folder, file)), passedOver }
}

describe('claimSocketPaths', () => {
  it('makes folders for the owner alone', async () => {
    expect(await claim()).toEqual({ claimed: ['run/ledgerd.sock', 'own/sock'], passedOver: [] })
    expect(fs.statSync(at('run')).mode & 0o777).toBe(0o700)
  })

  it('takes the named place instead of the usual one, and the own one always', async () => {
    expect((await claim(at('named'))).claimed).toEqual(['named', 'own/sock'])
    expect((await claim('')).claimed).toEqual(['own/sock'])
  })

  it('replaces what a dead daemon left and leaves a living one alone', async () => {
    fs.mkdirSync(at('run'), { mode: 0o700 })
    const alive = net.createServer().listen(at('run/ledgerd.sock'))
    await new Promise((resolve) => alive.once('listening', resolve))
    expect(await claim()).toEqual({ claimed: ['own/sock'], passedOver: ['ledgerd.sock: another daemon answers there'] })
    await expect(claim(at('run/ledgerd.sock'))).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
    // What kill -9 leaves: the name of a socket that nobody listens on.
    fs.linkSync(at('run/ledgerd.sock'), at('run/dead'))
    await new Promise((resolve) => alive.close(resolve))
    fs.renameSync(at('run/dead'), at('run/ledgerd.sock'))
    expect((await claim()).claimed).toContain('run/ledgerd.sock')
    expect(fs.existsSync(at('run/ledgerd.sock'))).toBe(false)
  })

  it.each([
    { name: 'a plain file in the way', spoil: () => fs.writeFileSync(at('run/ledgerd.sock'), 'x') },
    { name: 'a folder that others write to', spoil: () => fs.chmodSync(at('run'), 0o777) },
    { name: 'a folder that others enter', spoil: () => fs.chmodSync(at('run'), 0o711) },
  ])('passes over $name', async ({ spoil }) => {
    fs.mkdirSync(at('run'), { mode: 0o700 })
    spoil()
    expect(await claim()).toMatchObject({
      claimed: ['own/sock'],
      passedOver: [expect.stringContaining('CONFIG_INVALID')],
    })
  })

  it('refuses a path that is too long', async () => {
    await expect(claim(at('x'.repeat(100)))).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
  })
})
