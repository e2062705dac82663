import type { KnownTool } from '@errand/domain'
import type { Server } from './types.ts'

/** As they were accepted: what a server says later of itself changes no policy. */
export function toolsOf({ toolList }: Pick<Server, 'toolList'>): readonly KnownTool[] {
  return toolList
    .filter(({ isGone }) => !isGone)
    .map(({ name, body, acceptedBody }) => ({ tool: name, annotations: (acceptedBody ?? body).annotations }))
}
