import type { AgentSpec } from '@errand/contracts'
import { Button } from '../../ui/Button.tsx'
import { ErrorInPlace } from '../../ui/ErrorInPlace.tsx'
import { Field } from '../../ui/Field.tsx'
import { useToasts } from '../../ui/Toasts.tsx'
import { AgentForm } from './AgentForm.tsx'
import { CanDoCard, CanDoFold } from './CanDoCard.tsx'
import { ChangeList } from './ChangeList.tsx'
import type { Change } from './changes.ts'
import type { AgentDraft } from './useAgentDraft.ts'

interface DraftTabProps {
  readonly name: string
  readonly draft: AgentDraft
  readonly spec: AgentSpec
  readonly changes: readonly Change[]
}

export function DraftTab({ name, draft, spec, changes }: DraftTabProps) {
  const toasts = useToasts()
  const { version, baseVersion } = draft
  const title = `What v${baseVersion + 1} can do`
  const isNew = draft.agent.data === undefined
  const discard = () => {
    draft.discard()
    toasts.show({ text: `Discarded the changes of ${name}`, undo: () => draft.replace(spec) })
  }
  return (
    <>
      <CanDoFold spec={spec} title={title} />
      <div className="cols">
        <AgentForm name={`Draft of v${baseVersion + 1}`} draft={draft} spec={spec} />
        <aside className="side stick">
          <CanDoCard spec={spec} title={title} />
          <section aria-labelledby="changed">
            <h2 id="changed">{isNew ? 'Not saved yet' : `Changed since v${version}`}</h2>
            {draft.error === null ? null : <ErrorInPlace error={draft.error} />}
            {isNew ? (
              <p className="small two">It is there for tasks once you save it as v1.</p>
            ) : changes.length === 0 ? (
              <p className="small two">Nothing yet. What you change is kept as a draft until you save it.</p>
            ) : (
              <>
                <ChangeList changes={changes} />
                <Note draft={draft} />
                <p className="small three">
                  {draft.isKept ? 'Kept, on every device. ' : 'Keeping it. '}
                  Runs that are under way keep v{version}.
                </p>
                <Button tone="bare" onClick={discard}>
                  Discard the changes
                </Button>
              </>
            )}
          </section>
        </aside>
      </div>
    </>
  )
}

function Note({ draft }: { draft: AgentDraft }) {
  return (
    <div className="note-field">
      <Field
        label="Why"
        hint="For the list of versions, if you like"
        maxLength={500}
        value={draft.note}
        onChange={(event) => draft.setNote(event.target.value)}
      />
    </div>
  )
}
