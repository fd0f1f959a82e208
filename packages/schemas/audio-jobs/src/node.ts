// @ledgerd/schema-audio-jobs/node: what needs a file system.
export {}
