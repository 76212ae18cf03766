import type { IdentityMethod, Resolution } from './resolution.js';

/** Says in one sentence who vouches for the person of a resolution: what the word of confidence rests on. */
export function vouchedBy({ confidence, method, kind, evidence }: Resolution): string {
  switch (confidence) {
    case 'verified':
      return `verified: ${VERIFIED[method] ?? 'AWS vouches for it'}`;
    case 'asserted': {
      const service = evidence.find((id) => id.startsWith('service:'))?.slice('service:'.length);
      const by = service === undefined ? ASSERTED[method] : `${service} says for whom it took the role`;
      return `asserted: ${by ?? 'somebody on the way chose the name'}, and AWS vouches for nobody`;
    }
    case 'claimed':
      return 'claimed: whoever wrote the statement wrote the name, and nobody vouches for it';
    case 'none':
      return kind === 'unknown' ? 'none: nothing proves who it was' : 'none: nobody was found';
  }
}

const VERIFIED: Readonly<Partial<Record<IdentityMethod, string>>> = {
  'identity-center': 'AWS stamped the user of IAM Identity Center on an event of this credential',
  'source-identity': 'AWS checked the certificate or token that names the subject',
  'sso-session': 'IAM Identity Center alone takes this role, and named the session after its user',
  'iam-user': 'AWS knows the user whose key signed, by ARN and unique id',
  'saml-subject': 'the identity provider signed the assertion, and AWS checked it',
  'oidc-subject': 'the identity provider signed the token, and AWS checked it',
  'role-chain': 'AWS recorded each step from the person to this session',
  root: 'AWS knows the root user of the account',
  workload: 'AWS recorded for which program the role was taken',
  service: 'AWS recorded that the service called for itself',
  directory: 'AWS recorded who used the role, and the directory says whose it is',
};

const ASSERTED: Readonly<Partial<Record<IdentityMethod, string>>> = {
  'source-identity': 'whoever asked for the session first chose the source identity',
  'session-name': 'whoever took the role chose the name of the session',
  'role-chain': 'the first step of the chain rests on a name that somebody chose',
  'iam-user': 'whoever made the IAM user chose its name',
  'saml-subject': 'the provider’s name is this person’s by a bare alias of the directory only',
  'oidc-subject': 'the provider’s name is this person’s by a bare alias of the directory only',
  directory: 'the directory says whose the role is, and no event shows who took it',
  root: 'the record says root, and no event shows who took the session',
  workload: 'the role says which program it is for, and no event shows who took it',
  service: 'the record names a service that may act for anybody',
};
