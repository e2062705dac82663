import type { AgentSpec } from '@errand/contracts'
import { CanDoCard, CanDoFold } from './CanDoCard.tsx'
import { type FieldName, FIELDS, shown, valueOf } from './fields.ts'

/** What runs are given now; to change it one changes the draft. */
export function InUseTab({ spec, version }: { spec: AgentSpec; version: number }) {
  const title = `What v${version} can do`
  const rows = (Object.keys(FIELDS) as FieldName[]).flatMap((name) => {
    const words = shown(name, valueOf(spec, name))
    return words === null ? [] : [{ name, label: FIELDS[name].label, words }]
  })
  return (
    <>
      <CanDoFold spec={spec} title={title} />
      <div className="cols">
        <dl className="spec-list">
          <div>
            <dt>Runs</dt>
            <dd>{spec.runtime === 'script' ? 'a script, without a model' : 'Claude Code'}</dd>
          </div>
          {rows.map(({ name, label, words }) => (
            <div key={name}>
              <dt>{label}</dt>
              <dd className={words.includes('\n') ? 'mono' : undefined}>{words}</dd>
            </div>
          ))}
        </dl>
        <aside className="side stick">
          <CanDoCard spec={spec} title={title} />
        </aside>
      </div>
    </>
  )
}
