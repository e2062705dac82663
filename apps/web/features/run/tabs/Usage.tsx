'use client'

import { Empty } from '../../../ui/Empty.tsx'
import { count, money, moneyOf, tokens } from '../../../ui/format/amount.ts'
import { duration } from '../../../ui/format/time.ts'
import { Meter } from '../../../ui/Meter.tsx'
import { Clock } from '../../../ui/Time.tsx'
import type { ModelCall, ModelUsage, UsageSeen } from '../live/usageFold.ts'
import type { RunView } from '../types.ts'

/** Tokens and cost, as the gateway measured them: by model, and call by call. */
export function Usage({ run, usage }: { run: RunView; usage: UsageSeen }) {
  const sum = run.state.usage
  if (sum.calls === 0)
    return <Empty title="No model was asked">Tokens and cost will be here, by model and call by call.</Empty>
  return (
    <section aria-label="Usage">
      <p className="part-lead">
        <b>{moneyOf(sum.costUsd, run.budgetUsd, sum.unpricedCalls > 0)}</b>{' '}
        {run.budgetUsd === null ? null : <Meter name="Budget used" used={sum.costUsd} limit={run.budgetUsd} />}
        {sum.unpricedCalls === 0 ? null : (
          <span className="small two"> The price of some models is not known: {count(sum.unpricedCalls)} calls.</span>
        )}
      </p>
      <Models models={usage.models} />
      <h2 className="sec">Calls</h2>
      <Calls calls={usage.calls} />
      {usage.calls.length < sum.calls ? (
        <p className="small three part-lead">
          The newest {count(usage.calls.length)} of {count(sum.calls)}.
        </p>
      ) : null}
    </section>
  )
}

function Models({ models }: { models: readonly ModelUsage[] }) {
  return (
    <table className="tbl">
      <thead>
        <tr>
          <th>Model</th>
          <th className="num">Calls</th>
          <th className="num">In</th>
          <th className="num">From the cache</th>
          <th className="num">Into the cache</th>
          <th className="num">Out</th>
          <th className="num">Cost</th>
        </tr>
      </thead>
      <tbody>
        {models.map((one) => (
          <tr key={one.model}>
            <td>
              <code>{one.model}</code>
            </td>
            <td className="num" data-h="Calls">
              {count(one.calls)}
            </td>
            <td className="num" data-h="In" title={count(one.inputTokens)}>
              {tokens(one.inputTokens)}
            </td>
            <td className="num" data-h="From the cache" title={count(one.cacheReadTokens)}>
              {tokens(one.cacheReadTokens)}
            </td>
            <td className="num" data-h="Into the cache" title={count(one.cacheWriteTokens)}>
              {tokens(one.cacheWriteTokens)}
            </td>
            <td className="num" data-h="Out" title={count(one.outputTokens)}>
              {tokens(one.outputTokens)}
            </td>
            <td className="num" data-h="Cost">
              {one.unpricedCalls === one.calls ? money(null) : moneyOf(one.costUsd, null, one.unpricedCalls > 0)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Calls({ calls }: { calls: readonly ModelCall[] }) {
  return (
    <table className="tbl">
      <thead>
        <tr>
          <th>Time</th>
          <th>Model</th>
          <th className="num">In</th>
          <th className="num">Out</th>
          <th className="num">Took</th>
          <th className="num">Cost</th>
        </tr>
      </thead>
      <tbody>
        {calls.map((call) => (
          <tr key={call.seq}>
            <td>
              <Clock at={call.at} seconds />
            </td>
            <td data-h="Model">
              <code>{call.model}</code>
            </td>
            <td className="num" data-h="In">
              {tokens(call.inputTokens)}
            </td>
            <td className="num" data-h="Out">
              {tokens(call.outputTokens)}
            </td>
            <td className="num" data-h="Took">
              {duration(call.ms)}
            </td>
            <td className="num" data-h="Cost">
              {money(call.costUsd)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
