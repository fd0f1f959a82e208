// @ledgerd/schema-kernel-runs: one entry per kernel run, ordered and hashed.
export {}
