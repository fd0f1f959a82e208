// Whether this kernel does what failed syncs are tested for: without it a suite about them would test nothing.
import fs from 'node:fs'
import path from 'node:path'
import { BlockDevice } from './block-device.ts'

/** True when the first sync fails, the second succeeds, the bytes can be read, and a power cut shows that they are gone. */
export function doesPageCacheLie(): boolean {
  const device = new BlockDevice()
  try {
    const file = path.join(device.disk.folder, 'file')
    const bytes = Buffer.alloc(1 << 16, 'x')
    const fd = fs.openSync(file, 'wx')
    fs.fsyncSync(fd)
    fs.writeSync(fd, bytes)
    device.fail()
    const first = doesSync(fd)
    device.work()
    const second = doesSync(fd)
    fs.closeSync(fd)
    const isShown = fs.readFileSync(file).equals(bytes)
    device.disk.goDown('lost')
    device.disk.comeBack()
    return !first && second && isShown && !fs.readFileSync(file).equals(bytes)
  } finally {
    device.remove()
  }
}

function doesSync(fd: number): boolean {
  try {
    fs.fdatasyncSync(fd)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EIO') throw error
    return false
  }
}
