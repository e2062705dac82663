import { inputRequired } from '@modelcontextprotocol/server'

/** A default of each kind. */
export const defaultsForm = inputRequired.elicit({
  message: 'Please look at these.',
  requestedSchema: {
    type: 'object',
    properties: {
      name: { type: 'string', default: 'John Doe' },
      age: { type: 'integer', default: 30 },
      score: { type: 'number', default: 95.5 },
      status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
      verified: { type: 'boolean', default: true },
    },
    required: [],
  },
})

const three = (prefix: string) => [`${prefix}1`, `${prefix}2`, `${prefix}3`]
const titled = three('value').map((value, index) => ({ const: value, title: `Choice ${index + 1}` }))

/** A choice of each form that there is. */
export const enumsForm = inputRequired.elicit({
  message: 'Please choose.',
  requestedSchema: {
    type: 'object',
    properties: {
      untitledSingle: { type: 'string', enum: three('option') },
      titledSingle: { type: 'string', oneOf: titled },
      legacyEnum: { type: 'string', enum: three('opt'), enumNames: ['Option One', 'Option Two', 'Option Three'] },
      untitledMulti: { type: 'array', items: { type: 'string', enum: three('option') } },
      titledMulti: { type: 'array', items: { anyOf: titled } },
    },
    required: [],
  },
})
