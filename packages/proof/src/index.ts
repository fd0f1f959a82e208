// @ledgerd/proof: the RFC 6962 tree over the lines of a ledger. Pure.
export { TreeEdge, treeRoot } from './tree-edge.ts'
export { emptyRoot, leafHash, nodeHash } from './tree-hash.ts'
