// Programs that leave this machine: copied into another root folder with the libraries they are linked with, each at its path.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { must } from './mounted-disk.ts'

/** Copies a program, named or by its path, into `root`/bin. Throws when there is none. */
export function copyProgram(program: string, root: string): void {
  const file = must('sh', ['-c', 'command -v "$1"', 'sh', program]).trim()
  copyTo(path.join(root, 'bin', path.basename(program)), file)
  copyLibraries(file, root)
}

/** Copies what a program or library is linked with. */
export function copyLibraries(file: string, root: string): void {
  // It answers with an error for a program that is linked with nothing.
  const { stdout } = spawnSync('ldd', [file], { encoding: 'utf8' })
  for (const [library] of stdout.matchAll(/\/\S+\.so\S*/g)) copyTo(path.join(root, library), library)
}

function copyTo(target: string, file: string): void {
  fs.mkdirSync(path.dirname(target), { recursive: true })
  fs.copyFileSync(file, target)
}
