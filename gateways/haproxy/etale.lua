-- Asks the agent beside HAProxy (2.5 or later) before a request goes on. haproxy.cfg says how it is loaded.
-- Sets txn.etale_kind (admit, wait, down), txn.etale_retry_after, txn.etale_cookie, txn.etale_idle (minutes), txn.etale_off (features);
-- reads txn.etale_feature and txn.etale_session (running), which haproxy.cfg may set.

local agent = os.getenv("ETALE_AGENT") or "http://127.0.0.1:3900"

core.register_action("etale", { "http-req" }, function(txn)
  local sent = txn.http:req_get_headers()
  local headers = { ["x-original-uri"] = { txn.sf:url() } }
  for _, name in ipairs({ "cookie", "x-etale-visitor", "x-etale-pass", "authorization" }) do
    if sent[name] then headers[name] = { sent[name][0] } end
  end
  headers["x-forwarded-proto"] = { txn.sf:ssl_fc() == "1" and "https" or "http" }
  -- what only this proxy can vouch for
  for name, from in pairs({ ["x-etale-feature"] = "txn.etale_feature", ["x-etale-session"] = "txn.etale_session" }) do
    local value = txn:get_var(from)
    if value then headers[name] = { value } end
  end
  local answer = core.httpclient():get({ url = agent .. "/auth", headers = headers, timeout = 1000 })
  if not answer or not answer.status or answer.status == 0 then
    txn:set_var("txn.etale_kind", "down")
    return
  end
  local function header(name)
    local values = answer.headers and answer.headers[name]
    return values and values[0] or ""
  end
  txn:set_var("txn.etale_cookie", header("set-cookie"))
  txn:set_var("txn.etale_idle", header("x-etale-idle-minutes"))
  txn:set_var("txn.etale_off", header("x-etale-features-off"))
  if answer.status >= 200 and answer.status < 300 then
    txn:set_var("txn.etale_kind", "admit")
  elseif answer.status == 401 or answer.status == 403 then
    txn:set_var("txn.etale_kind", "wait")
    txn:set_var("txn.etale_retry_after", header("x-etale-retry-after"))
  else
    txn:set_var("txn.etale_kind", "down")
  end
end)
