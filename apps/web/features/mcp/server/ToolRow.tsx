import { FlaskConical } from 'lucide-react'
import { ButtonLink } from '../../../ui/Button.tsx'
import { visible } from '../../../ui/format/visible.ts'
import type { ServerTool } from '../types.ts'
import { FlagList } from './FlagList.tsx'
import { claims, isHeldBack } from './toolState.ts'

/** A tool as its server describes it; what is odd about it stands with it. */
export function ToolRow({ server, tool }: { server: string; tool: ServerTool }) {
  const { name, body, flags } = tool
  const said = claims(body)
  return (
    <li>
      <span>
        <span className="mono">{visible(name)}</span>
        {isHeldBack(tool) ? <span className="small flag"> held back</span> : null}
        <span className="small two below clamp">
          {visible(body.description ?? body.title ?? 'It says nothing of itself.')}
        </span>
        {said.length === 0 ? null : <span className="small three below">{said.join(', ')}</span>}
        <FlagList flags={flags} />
      </span>
      <ButtonLink tone="bare" icon={FlaskConical} href={`/mcp/${server}?tab=try&tool=${encodeURIComponent(name)}`}>
        Try<span className="vh"> {name}</span>
      </ButtonLink>
    </li>
  )
}
