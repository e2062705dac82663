'use client'

import { SlidersHorizontal } from 'lucide-react'
import { later } from '../../ui/later.tsx'
import { Chip } from '../../ui/Menu.tsx'
import { AUTONOMY_NAMES, AUTONOMY_WORDS } from '../run/autonomyWords.ts'
import { ChipForm } from './ChipForm.tsx'
import type { ChipProps } from './Chips.tsx'

const ModelFields = later(() => import('./ChipFields.tsx').then((it) => it.ModelFields))

/** The model, and how much it does without a person's word. A script has neither, and the demo no other model. */
export function ModelChip({ task, plan, change }: ChipProps) {
  if (plan === null || plan.runtime === 'script') return null
  const model = task.model ?? plan.model
  const autonomy = task.autonomy ?? plan.autonomy ?? 'edit'
  return (
    <ChipForm
      name={plan.isDemo ? 'Autonomy' : 'Model and autonomy'}
      fetch={ModelFields.fetch}
      trigger={(props) =>
        plan.isDemo ? (
          <Chip {...props} icon={SlidersHorizontal} chosen={AUTONOMY_NAMES[autonomy]}>
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
      {() => <ModelFields task={task} plan={plan} change={change} />}
    </ChipForm>
  )
}

/** `sonnet-5-5` of `claude-sonnet-5-5-20260101`. */
function shortModel(model: string): string {
  return model.replace(/^claude-/, '').replace(/-20\d{6}$/, '')
}
