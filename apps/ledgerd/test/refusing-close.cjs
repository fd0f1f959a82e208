// Loaded into a daemon before anything else: once it was asked to stop, head records cannot be closed, as on a disk that
// reports with the last call what it could not write.
const fs = require('node:fs')

const { closeSync } = fs
let isStopping = false
process.on('SIGTERM', () => {
  isStopping = true
})
fs.closeSync = (fd) => {
  const isHead = isStopping && fs.readlinkSync(`/proc/self/fd/${fd}`).endsWith('/head')
  closeSync(fd)
  if (isHead) throw Object.assign(new Error('EIO: i/o error, close'), { code: 'EIO', errno: -5, syscall: 'close' })
}
