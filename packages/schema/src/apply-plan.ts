// Spells the numbers of a parsed value as its model declares them. This is the slow path of admission, for drafts that
// did not come as canonical text.
import type { JsonMember, JsonNode, NumberNode, NumberPlan } from '@ledgerd/canonical'

/** The same value with planned numbers respelled; only their lexemes change. Numbers that do not fit are left alone. */
export function applyNumberPlan(root: JsonNode, plan: NumberPlan): JsonNode {
  if (plan === 'any') return root
  switch (root.kind) {
    case 'number':
      return typeof plan === 'string' ? respell(root, plan) : root
    case 'object': {
      const spell = (member: JsonMember): JsonMember => ({
        ...member,
        value: applyNumberPlan(member.value, planOfMember(plan, member.key)),
      })
      return { ...root, members: root.members.map(spell) }
    }
    case 'array': {
      const items = typeof plan === 'string' ? plan : 'items' in plan ? plan.items : 'any'
      return { ...root, items: root.items.map((item) => applyNumberPlan(item, items)) }
    }
    default:
      return root
  }
}

function planOfMember(plan: NumberPlan, key: string): NumberPlan {
  if (typeof plan === 'string') return plan
  if ('items' in plan) return 'any'
  return Object.hasOwn(plan.members, key) ? (plan.members[key] ?? plan.rest) : plan.rest
}

function respell(node: NumberNode, plan: 'float' | 'integer'): NumberNode {
  const isFloat = /[.eE]/.test(node.lexeme)
  if (plan === 'float') return isFloat ? node : { ...node, lexeme: `${node.lexeme}.0` }
  const value = Number(node.lexeme)
  return isFloat && Number.isSafeInteger(value) ? { ...node, lexeme: String(value === 0 ? 0 : value) } : node
}
