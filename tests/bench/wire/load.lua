-- What wrk sends, and what it reports: one line of JSON behind its own text.
-- Arguments: "get", or "same" and a body, or "distinct": a training spec that never came before.

local kind, body

local function spec()
  return string.format(
    '{"dataset_size":%d,"global_batch_size":%d,"epochs":%d,"sampling":{"seed":%d}}',
    math.random(1000, 1000000000),
    8 * math.random(1, 64),
    math.random(1, 100),
    math.random(0, 2147483647)
  )
end

function init(args)
  kind, body = args[1], args[2]
  math.randomseed(os.time())
end

function request()
  if kind == "get" then
    return wrk.format("GET")
  end
  local headers = { ["Content-Type"] = "application/json" }
  return wrk.format("POST", nil, headers, kind == "same" and body or spec())
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"requests":%d,"seconds":%f,"p50_ms":%f,"p99_ms":%f,"faults":%d}\n',
    summary.requests,
    summary.duration / 1e6,
    latency:percentile(50) / 1e3,
    latency:percentile(99) / 1e3,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout
  ))
end
