-- What wrk sends, and what it reports: one line of JSON behind its own text.
-- Arguments: "plans": training specs that all differ; "ranks" and the path of an epoch: the first
-- samples of some rank of a large job, another rank every time.

local RANKS, SAMPLES = 10000, 10000
local kind, path

function init(args)
  kind, path = args[1], args[2]
  math.randomseed(os.time())
end

local function plan()
  local spec = string.format(
    '{"dataset_size":%d,"global_batch_size":%d,"epochs":%d,"sampling":{"seed":%d}}',
    math.random(1000, 1000000000),
    8 * math.random(1, 64),
    math.random(1, 100),
    math.random(0, 2147483647)
  )
  return wrk.format("POST", "/v1/plans", { ["Content-Type"] = "application/json" }, spec)
end

local function slice()
  local query = "rank=%d&start_step=0&stop_step=%d&dtype=uint32"
  local asked = string.format(query, math.random(0, RANKS - 1), SAMPLES)
  return wrk.format("GET", path .. "/manifest.raw?" .. asked)
end

function request()
  return kind == "plans" and plan() or slice()
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
