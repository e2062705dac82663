const DRAFT = 'draft of '

/** How a run names its agent: `fixer`, or `draft of fixer` when it tried what is in no version yet. */
export function agentLabel({ agentName, isDraft = false }: { agentName: string; isDraft?: boolean }): string {
  return isDraft ? DRAFT + agentName : agentName
}

/** The agent that a label is of. */
export function agentOfLabel(label: string): string {
  return label.startsWith(DRAFT) ? label.slice(DRAFT.length) : label
}
