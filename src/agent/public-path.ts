/** What the proxy passes to the agent from outside: the page of those who wait and its forms. */
export const PUBLIC_PATH = '/etale';
