import { FlaskConical } from 'lucide-react'
import { ButtonLink } from '../../../ui/Button.tsx'
import { counted } from '../../../ui/format/amount.ts'
import { visible } from '../../../ui/format/visible.ts'
import type { ServerTool } from '../types.ts'
import { FlagList } from './FlagList.tsx'
import { claims, isHeldBack } from './toolState.ts'

interface ToolRowProps {
  readonly server: string
  readonly tool: ServerTool
  /** The calls of the last day. */
  readonly today: { readonly calls: number; readonly denied: number } | undefined
}

/** A tool as its server describes it; what is odd about it stands with it. */
export function ToolRow({ server, tool, today }: ToolRowProps) {
  const { name, body, flags } = tool
  const said = [...claims(body), ...callsOf(today)]
  return (
    <li>
      <span>
        <span className="mono">{visible(name)}</span>
        {isHeldBack(tool) ? <span className="small flag"> held back</span> : null}
        <span className="small two below clamp">
          {visible(body.description ?? body.title ?? 'It says nothing of itself.')}
        </span>
        {said.length === 0 ? null : <span className="small three below">{said.join(', ')}</span>}
        {isHeldBack(tool) ? null : <FlagList flags={flags} />}
      </span>
      <ButtonLink tone="bare" icon={FlaskConical} href={`/mcp/${server}?tab=try&tool=${encodeURIComponent(name)}`}>
        Try<span className="vh"> {name}</span>
      </ButtonLink>
    </li>
  )
}

function callsOf(today: ToolRowProps['today']): readonly string[] {
  if (today === undefined || today.calls === 0) return []
  const calls = `${counted(today.calls, 'call')} in the last day`
  return [today.denied === 0 ? calls : `${calls}, ${today.denied} denied`]
}
