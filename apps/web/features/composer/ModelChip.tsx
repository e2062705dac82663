'use client'

import { SlidersHorizontal } from 'lucide-react'
import { Field } from '../../ui/Field.tsx'
import { Chip } from '../../ui/Menu.tsx'
import { ChipForm } from './ChipForm.tsx'
import type { ChipProps } from './Chips.tsx'
import type { Plan } from './task.ts'

type Autonomy = NonNullable<Plan['autonomy']>

/** As Claude Code takes them: the newest of each kind. Any other name is written out. */
const MODELS = ['sonnet', 'opus', 'haiku'] as const
const AUTONOMY: readonly (readonly [value: Autonomy, chip: string, word: string, says: string])[] = [
  ['edit', 'edits freely', 'Edit freely', 'It works without asking; the sandbox and the network level are its limits.'],
  [
    'ask',
    'asks when risky',
    'Ask when risky',
    'It edits files freely, and asks before a command that does more than read.',
  ],
  ['plan', 'plans first', 'Plan first', 'It proposes a plan; once you approve it, it works freely.'],
]

/** The model, and how much it does without a person's word. A script has neither, and the demo model is fixed. */
export function ModelChip({ task, plan, change }: ChipProps) {
  if (plan === null || plan.runtime === 'script' || plan.isDemo) return null
  const model = task.model ?? plan.model
  const autonomy = task.autonomy ?? plan.autonomy ?? 'edit'
  return (
    <ChipForm
      name="Model and autonomy"
      trigger={(props) => (
        <Chip {...props} icon={SlidersHorizontal} chosen={model === null ? 'Usual model' : shortModel(model)}>
          <span>{AUTONOMY.find(([value]) => value === autonomy)?.[1]}</span>
          <span className="vh">, model and autonomy</span>
        </Chip>
      )}
    >
      {() => (
        <>
          <Field
            label="Model"
            list="models"
            spellCheck={false}
            autoComplete="off"
            autoCapitalize="off"
            value={task.model ?? ''}
            placeholder={plan.model ?? 'the usual one of Claude Code'}
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
          <fieldset className="levels">
            <legend className="lab">What it does by itself</legend>
            {AUTONOMY.map(([value, , word, says]) => (
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

/** `sonnet-5-5` of `claude-sonnet-5-5-20260101`. */
function shortModel(model: string): string {
  return model.replace(/^claude-/, '').replace(/-20\d{6}$/, '')
}
