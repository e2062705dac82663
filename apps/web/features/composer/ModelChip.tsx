'use client'

import { SlidersHorizontal } from 'lucide-react'
import { Field } from '../../ui/Field.tsx'
import { Chip } from '../../ui/Menu.tsx'
import { AUTONOMY_WORDS } from '../run/autonomyWords.ts'
import { ChipForm } from './ChipForm.tsx'
import type { ChipProps } from './Chips.tsx'
import type { Plan } from './task.ts'

type Autonomy = NonNullable<Plan['autonomy']>

/** As Claude Code takes them: the newest of each kind. Any other name is written out. */
const MODELS = ['sonnet', 'opus', 'haiku'] as const
const AUTONOMY: readonly (readonly [value: Autonomy, word: string, says: string])[] = [
  ['edit', 'Edit freely', 'It works without asking; the sandbox and the network level are its limits.'],
  ['ask', 'Ask when risky', 'It edits files freely, and asks before a command that does more than read.'],
  ['plan', 'Plan first', 'It proposes a plan; once you approve it, it works freely.'],
]

/** The model, and how much it does without a person's word. A script has neither, and the demo no other model. */
export function ModelChip({ task, plan, change }: ChipProps) {
  if (plan === null || plan.runtime === 'script') return null
  const model = task.model ?? plan.model
  const autonomy = task.autonomy ?? plan.autonomy ?? 'edit'
  return (
    <ChipForm
      name={plan.isDemo ? 'Autonomy' : 'Model and autonomy'}
      trigger={(props) =>
        plan.isDemo ? (
          <Chip {...props} icon={SlidersHorizontal} chosen={AUTONOMY.find(([value]) => value === autonomy)?.[1] ?? ''}>
            <span className="vh">, autonomy</span>
          </Chip>
        ) : (
          <Chip {...props} icon={SlidersHorizontal} chosen={model === null ? 'Usual model' : shortModel(model)}>
            <span>{AUTONOMY_WORDS[autonomy]}</span>
            <span className="vh">, model and autonomy</span>
          </Chip>
        )
      }
    >
      {() => (
        <>
          {plan.isDemo ? null : <ModelField task={task} plan={plan} change={change} />}
          <fieldset className="levels">
            <legend className="lab">What it does by itself</legend>
            {AUTONOMY.map(([value, word, says]) => (
              <label key={value}>
                <input
                  type="radio"
                  name="autonomy"
                  checked={value === autonomy}
                  onChange={() => change({ autonomy: value })}
                />
                <span>
                  <b>{word}</b>
                  <span className="small two">{says}</span>
                </span>
              </label>
            ))}
          </fieldset>
        </>
      )}
    </ChipForm>
  )
}

function ModelField({ task, plan, change }: ChipProps) {
  return (
    <>
      <Field
        label="Model"
        list="models"
        spellCheck={false}
        autoComplete="off"
        autoCapitalize="off"
        value={task.model ?? ''}
        placeholder={plan?.model ?? 'the usual one of Claude Code'}
        hint="Empty: as the agent says"
        maxLength={200}
        onChange={(event) =>
          change({ model: event.target.value.trim() === '' ? undefined : event.target.value.trim() })
        }
      />
      <datalist id="models">
        {MODELS.map((name) => (
          <option key={name}>{name}</option>
        ))}
      </datalist>
    </>
  )
}

/** `sonnet-5-5` of `claude-sonnet-5-5-20260101`. */
function shortModel(model: string): string {
  return model.replace(/^claude-/, '').replace(/-20\d{6}$/, '')
}
