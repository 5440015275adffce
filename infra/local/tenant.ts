/** The one tenant that a laptop begins with; every log group is its own unless LOG_GROUPS says otherwise. */
export const localTenant = 'local';
