/** What the demo model is called wherever a model's name is shown: nobody should take its answers for a language model's. */
export const DEMO_MODEL = 'demo-fixed-script'
