// An OpenID provider that shares no code with us (oidc-provider), logging in whom the test names.
import { createHash } from 'node:crypto'
import Provider from 'oidc-provider'

const { PORT, CALLBACK, CLIENT_KEYS, SIGNING_KEYS, SECRET } = process.env
const issuer = `http://127.0.0.1:${PORT}`
const common = {
  redirect_uris: [CALLBACK],
  response_types: ['code'],
  grant_types: ['authorization_code'],
}
const provider = new Provider(issuer, {
  clients: [
    {
      ...common,
      client_id: 'RP00000001',
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'ES256',
      id_token_signed_response_alg: 'ES256',
      subject_type: 'pairwise',
      jwks: JSON.parse(CLIENT_KEYS),
    },
    {
      ...common,
      client_id: 'basic-rs256',
      client_secret: SECRET,
      token_endpoint_auth_method: 'client_secret_basic',
      id_token_signed_response_alg: 'RS256',
    },
  ],
  jwks: JSON.parse(SIGNING_KEYS),
  pkce: { required: () => true },
  subjectTypes: ['public', 'pairwise'],
  pairwiseIdentifier: (_ctx, account, client) =>
    createHash('sha256').update(`${client.clientId}${account}salt`).digest('hex'),
  scopes: ['openid', 'name', 'address', 'birthdate', 'gender'],
  claims: {
    openid: ['sub'],
    name: ['name'],
    address: ['address'],
    birthdate: ['birthdate'],
    gender: ['gender'],
    acr: null,
    auth_time: null,
    amr: null,
    iss: null,
    sid: null,
  },
  acrValues: ['aal2', 'aal3', 'crl', 'ocsp'],
  clientAuthMethods: ['private_key_jwt', 'client_secret_basic'],
  enabledJWA: {
    idTokenSigningAlgValues: ['ES256', 'RS256'],
    clientAuthSigningAlgValues: ['ES256'],
  },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_ctx, interaction) => `/auto/${interaction.uid}` },
  cookies: { keys: ['test'] },
  findAccount: (_ctx, id) => ({
    accountId: id,
    claims: () => ({
      sub: id,
      name: '会津花子',
      address: { formatted: '福島県会津若松市東栄町3-46' },
      birthdate: '1985-03-15',
      gender: 'female',
    }),
  }),
  ttl: { AuthorizationCode: 60, AccessToken: 300, IdToken: 300, Interaction: 600, Grant: 600, Session: 600 },
})

const log = []
const person = { account: 'hanako', refuses: false, scopes: null }

const consented = async ({ params, prompt, session }) => {
  const grant = new provider.Grant({ accountId: session.accountId, clientId: params.client_id })
  const missing = prompt.details.missingOIDCScope ?? []
  const granted = person.scopes ? missing.filter((scope) => person.scopes.includes(scope)) : missing
  grant.addOIDCScope(granted.join(' '))
  const rejected = missing.filter((scope) => !granted.includes(scope))
  if (rejected.length > 0) grant.rejectOIDCScope(rejected.join(' '))
  return { consent: { grantId: await grant.save() } }
}

const answer = async (details) => {
  if (person.refuses) return { error: 'access_denied', error_description: 'said no' }
  if (details.prompt.name === 'consent') return consented(details)
  return { login: { accountId: person.account, acr: 'aal3', amr: ['sc'] } }
}

provider.use(async (ctx, next) => {
  if (ctx.path === '/test/log') {
    ctx.body = log.splice(0)
    return
  }
  if (ctx.path === '/test/person') {
    Object.assign(person, { account: 'hanako', refuses: false, scopes: null })
    Object.assign(person, JSON.parse(ctx.query.set ?? '{}'))
    ctx.body = person
    return
  }
  log.push(`${ctx.method} ${ctx.path.startsWith('/auto/') ? '/auto' : ctx.path.replace(/^(\/auth)\/.*/, '$1')}`)
  if (ctx.path.startsWith('/auto/')) {
    const details = await provider.interactionDetails(ctx.req, ctx.res)
    await provider.interactionFinished(ctx.req, ctx.res, await answer(details))
    return
  }
  await next()
})

provider.listen(Number(PORT), '127.0.0.1')
