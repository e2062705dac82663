import { type Call, type Stage, type Traffic, TRAFFICS } from './call.ts'
import type { GatewayDeps } from './deps.ts'
import { forwardEgress } from './egress/forwardEgress.ts'
import { forwardGit } from './git/forwardGit.ts'
import { checkBudget } from './llm/checkBudget.ts'
import { forwardToModel } from './llm/forwardToModel.ts'
import { injectModelCredential } from './llm/injectModelCredential.ts'
import { checkToolPolicy } from './mcp/checkToolPolicy.ts'
import { forwardMcp } from './mcp/forwardMcp.ts'
import { injectMcpCredential } from './mcp/injectMcpCredential.ts'
import { readMcpMessage } from './mcp/readMcpMessage.ts'
import { answerRunner } from './runner/answerRunner.ts'
import { authenticateRun } from './stages/authenticateRun.ts'
import { answerSandbox } from './sandbox/answerSandbox.ts'
import { recordCall } from './stages/recordCall.ts'
import { stripReservedHeaders } from './stages/stripReservedHeaders.ts'

/** Read top to bottom: this is the order, and this table is the only place that knows it. */
// oxfmt-ignore
const STAGES: readonly (readonly [Stage, ...Traffic[]])[] = [
  [stripReservedHeaders,             'runner', 'llm', 'mcp', 'git', 'egress'],
  [authenticateRun,                  'runner', 'llm', 'mcp', 'git', 'egress'],
  [readMcpMessage,                                    'mcp'                 ],
  [checkToolPolicy,                                   'mcp'                 ],
  [checkBudget,                                'llm'                        ],
  [recordCall,            'sandbox', 'runner', 'llm', 'mcp', 'git', 'egress'],
  // Last before the wire: nothing after an injection may log a header.
  [injectModelCredential,                      'llm'                        ],
  [injectMcpCredential,                               'mcp'                 ],
  // Who has no token yet shows a ticket instead, and gets nothing else.
  [answerSandbox,         'sandbox'                                         ],
  [answerRunner,                     'runner'                               ],
  [forwardToModel,                             'llm'                        ],
  [forwardMcp,                                        'mcp'                 ],
  // Each adds a host's credential as it sends on, and logs no header either.
  [forwardGit,                                               'git'          ],
  [forwardEgress,                                                   'egress'],
]

const OF: ReadonlyMap<Traffic, readonly Stage[]> = new Map(
  TRAFFICS.map((traffic) => [
    traffic,
    STAGES.filter(([, ...traffics]) => traffics.includes(traffic)).map(([stage]) => stage),
  ]),
)

/** Takes one call through the stages of its traffic, until one has answered it. Throws what a stage throws. */
export async function runPipeline(call: Call, deps: GatewayDeps): Promise<void> {
  for (const stage of OF.get(call.traffic) ?? []) {
    const came = stage(call, deps)
    if ((typeof came === 'string' ? came : await came) === 'answered') return
  }
}
