// @ledgerd/schema-tools: freezes, compares, replays and documents schema packages.
export {}
