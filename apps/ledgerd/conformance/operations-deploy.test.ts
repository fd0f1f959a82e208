// What is shipped for operators holds: the unit is one that systemd takes and its tools find hardened, the container's words
// start a daemon, and its health check tells a living one from a dead one.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { DaemonProcess, scratch } from '../test/daemon-process.ts'

const deploy = path.join(import.meta.dirname, '../deploy')
const unit = fs.readFileSync(path.join(deploy, 'ledgerd.service'), 'utf8')
const container = fs.readFileSync(path.join(deploy, 'Containerfile'), 'utf8')
const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0
/** Of 100: what systemd-analyze calls the exposure, tenfold. */
const exposureMax = 20

describe.skipIf(!hasSystemd)('the systemd unit (needs systemd-analyze)', () => {
  const analyze = (...args: string[]): { status: number | null; said: string } => {
    const at = scratch()
    fs.mkdirSync(at.folder)
    const file = path.join(at.folder, 'ledgerd.service')
    fs.writeFileSync(file, unit.replace('ExecStart=ledgerd ', `ExecStart=${process.execPath} `))
    const { status, stdout, stderr } = spawnSync('systemd-analyze', [...args, file], { encoding: 'utf8' })
    at.remove()
    return { status, said: `${stdout}${stderr}` }
  }
  it('is one that systemd takes without a word', () =>
    expect(analyze('verify', '--man=no')).toEqual({ status: 0, said: '' }))
  it('is hardened', () => {
    const { status, said } = analyze('security', '--offline=true', `--threshold=${exposureMax}`)
    expect(status, said).toBe(0)
  })
})

describe('the systemd unit', () => {
  for (const line of [
    'User=ledgerd',
    'NoNewPrivileges=yes',
    'ProtectSystem=strict',
    'UMask=0077',
    'StateDirectory=ledgerd',
    'StateDirectoryMode=0700',
    'RuntimeDirectoryMode=0700',
    'RestartPreventExitStatus=2 5',
    'RestartForceExitStatus=SIGHUP',
  ])
    it(`says ${line}`, () => expect(unit.split('\n')).toContain(line))

  it('waits until its daemon serves, and no longer than that lives', { timeout: 60_000 }, async () => {
    const words = /^ExecStartPost=\/bin\/sh -c '([^']+)'$/m.exec(unit)?.[1] ?? ''
    expect(words).toContain('/run/ledgerd/ledgerd.sock')
    const at = scratch()
    const here = words.replace('/run/ledgerd/ledgerd.sock', at.socket)
    const wait = (pid: number | undefined): ChildProcess =>
      spawn('/bin/sh', ['-c', here], { env: { ...process.env, MAINPID: `${pid}` } })
    const daemon = DaemonProcess.spawn(at.folder, at.socket)
    expect(await once(wait(daemon.child.pid), 'exit')).toEqual([0, null])
    await daemon.whenSaid('"serving"')
    await daemon.kill('SIGTERM')
    expect(await once(wait(daemon.child.pid), 'exit')).toEqual([1, null])
    at.remove()
  })
})

/** The words of an instruction in exec form; a shell would be needed for any other. */
function execForm(instruction: RegExp): string[] {
  const lines = container.split('\n').filter((line) => instruction.test(line))
  expect(lines).toHaveLength(1)
  return JSON.parse((lines[0] ?? '').replace(/^[^[]*/, '')) as string[]
}

describe('the container file', () => {
  it('runs as a user, in exec form, its last stage from the same base as its packages', () => {
    const last = container.slice(container.lastIndexOf('\nFROM '))
    // An orchestrator that is told to run nothing as root believes a number alone.
    expect(last).toMatch(/^USER [1-9]\d*$/m)
    expect(last.indexOf('\nUSER ')).toBeLessThan(last.indexOf('\nENTRYPOINT '))
    expect(last.slice(last.indexOf('\nUSER '))).not.toMatch(/^RUN /m)
    expect(execForm(/^ENTRYPOINT /)).toEqual(['node', '/app/node_modules/ledgerd/bin/ledgerd.cjs'])
  })

  it('starts a daemon with its words, which its health check finds alive until it is not', {
    timeout: 60_000,
  }, async () => {
    const at = scratch()
    const [, folder = '', ...flags] = execForm(/^CMD /)
    expect(folder).toBe('/data')
    const daemon = await DaemonProcess.start(at.folder, '', flags.slice(2))
    expect(flags.slice(0, 2)).toEqual(['--socket', ''])
    const [node = '', script = '', socket = ''] = execForm(/^HEALTHCHECK /)
    expect(node).toBe('node')
    const check = (): number | null =>
      spawnSync(process.execPath, [path.join(deploy, path.basename(script)), socket.replace('/data', at.folder)]).status
    expect(check()).toBe(0)
    await daemon.kill('SIGKILL')
    expect(check()).toBe(1)
    at.remove()
  })
})

it('the unit names what the daemon knows: its folder, its socket and no flag besides', () => {
  const [, ...words] = (/^ExecStart=(.*)$/m.exec(unit)?.[1] ?? '').split(' ')
  expect(words).toEqual(['serve', '/var/lib/ledgerd', '--socket', '/run/ledgerd/ledgerd.sock'])
})

const entry = path.join(import.meta.dirname, '../bin/ledgerd.cjs')
const stranger = 65_534
const asStranger = { cwd: '/', encoding: 'utf8', uid: stranger, gid: stranger } as const
/** Only root may take another's part, and only where others may enter this folder. */
const canBeStranger =
  process.getuid?.() === 0 && spawnSync(process.execPath, ['--check', entry], asStranger).status === 0

describe.runIf(canBeStranger)(
  'a folder of another user, as a container finds what was mounted (needs root, and code that all may read)',
  () => {
    const ledgerd = (...args: string[]): { status: number | null; stdout: string; stderr: string } =>
      spawnSync(process.execPath, [entry, ...args], asStranger)
    const opened = (): ReturnType<typeof scratch> => {
      const at = scratch()
      fs.chmodSync(path.dirname(at.folder), 0o755)
      fs.mkdirSync(path.join(at.folder, 'worlds'), { recursive: true })
      return at
    }

    it('is told as a setting that cannot work, and doctor has the chown', () => {
      const at = opened()
      const { status, stderr } = ledgerd('serve', at.folder, '--listen', '0', '--socket', '')
      expect(stderr).toContain(`CONFIG_INVALID: user ${stranger} cannot keep ledgers in ${at.folder}`)
      expect(status).toBe(2)
      expect(ledgerd('doctor', at.folder).stdout).toContain(`fix: sudo chown -R ${stranger}:${stranger} ${at.folder}`)
      at.remove()
    })

    it('in part, as root puts ledgers back: doctor looks as far as it may, and has each chown', () => {
      const at = opened()
      const ledger = path.join(at.folder, 'worlds/harbour.jsonl')
      fs.writeFileSync(ledger, '', { mode: 0o600 })
      fs.chownSync(at.folder, stranger, stranger)
      const { status, stdout, stderr } = ledgerd('doctor', at.folder)
      expect([status, stderr]).toEqual([1, ''])
      for (const place of [path.dirname(ledger), ledger])
        expect(stdout).toContain(`fix: sudo chown ${stranger}:${stranger} ${place}`)
      at.remove()
    })

    it('of its own in one that it may not open: doctor has what makes it serve, once', async () => {
      // Whoever gets as far as the port ends there.
      const taken = net.createServer().listen(0, '127.0.0.1')
      await once(taken, 'listening')
      const { port } = taken.address() as net.AddressInfo
      const at = opened()
      fs.chmodSync(path.dirname(at.folder), 0o711)
      for (const place of [at.folder, path.join(at.folder, 'worlds')]) fs.chownSync(place, stranger, stranger)
      const start = ['serve', at.folder, '--listen', String(port), '--socket', '']
      expect(ledgerd(...start).stderr).toContain(`ledgerd doctor ${at.folder}`)
      const { status, stdout } = ledgerd('doctor', at.folder)
      const [, fix = ''] = /fix: (sync .*)/.exec(stdout) ?? []
      expect([status, spawnSync('sh', ['-ec', fix], asStranger).status]).toEqual([1, 0])
      expect(ledgerd('doctor', at.folder).status).toBe(0)
      expect(ledgerd(...start).stderr).toContain(`${port}`)
      taken.close()
      at.remove()
    })

    it('turns away who wants in by its socket, and names the way that is open', () => {
      const at = scratch()
      const { status, stderr } = ledgerd('append', 'worlds/harbour', 'weather.changed', '{}', '--data', at.folder)
      expect(status).toBe(6)
      expect(stderr).toMatch(/^ledgerd: UNREACHABLE: unix:\S+ is for its owner alone\n {2}try: .*LEDGERD_TOKEN\n$/)
      at.remove()
    })
  },
)
