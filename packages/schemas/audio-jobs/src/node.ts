// @ledgerd/schema-audio-jobs/node: what needs a file system.
export { contentFolder } from './content-folder.ts'
export { partFolder } from './part-folder.ts'
