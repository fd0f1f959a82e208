// @ledgerd/schema-build-order: ordering hashes and seeds of build stages.
export {}
