// Loaded into a daemon before anything else: once it was asked to stop, head records cannot be closed, as on a disk that
// reports with the last call what it could not write.
const fs = require('node:fs')

const { closeSync, openSync } = fs
const heads = new Set()
let isStopping = false
process.on('SIGTERM', () => {
  isStopping = true
})
fs.openSync = (file, ...rest) => {
  const fd = openSync(file, ...rest)
  if (String(file).endsWith('/head')) heads.add(fd)
  return fd
}
fs.closeSync = (fd) => {
  closeSync(fd)
  if (heads.delete(fd) && isStopping)
    throw Object.assign(new Error('EIO: i/o error, close'), { code: 'EIO', errno: -5, syscall: 'close' })
}
