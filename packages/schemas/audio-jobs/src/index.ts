// @ledgerd/schema-audio-jobs: one record per refined audio window, optionally signed.
export {}
